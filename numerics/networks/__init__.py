"""Networks put together from layers, with exact gradients and what the rank bounds need of every linear map.

`layers` and `convolution` are the parts, `architecture` holds them together, `standard` builds the usual
ones, `objective` adds data, loss and weight decay, and `training` minimises.
"""
