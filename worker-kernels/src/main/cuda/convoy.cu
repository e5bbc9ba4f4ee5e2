// All of Convoy's own kernels for GPUs, as one program.
#include "activations.cuh"
#include "convolutions.cuh"
#include "elementwise.cuh"
#include "masks.cuh"
#include "norms.cuh"
#include "optimizers.cuh"
#include "pools.cuh"
#include "sums.cuh"
