"""`rankcollapse bench`: how fast the descents are, against their limit and against JAX and PyTorch."""

import click

from verify.command_line.output import print_columns


@click.command("bench")
@click.option("--quick", is_flag=True, help="Seconds instead of minutes, and rougher.")
@click.option("--case", "cases", multiple=True, metavar="NAME", help="Only this case (A, …); repeatable.")
def command(quick: bool, cases: tuple[str, ...]) -> int:
    """Time the descents beside their multiplications alone and, where installed, JAX and PyTorch."""
    from numerics.descent.benchmark.measuring import AGREEMENT, FULL, QUICK, Measurement, measure
    from numerics.descent.benchmark.table import HEADERS, notes, row

    def show(measurement: Measurement) -> None:
        click.echo(f"measured {measurement.case}", err=True)

    measurements = measure(QUICK if quick else FULL, show, only=cases)
    print_columns(HEADERS, [row(measurement) for measurement in measurements])
    for line in notes(measurements):
        click.echo(line)
    return int(any(not each.disagreement <= AGREEMENT for each in measurements))
