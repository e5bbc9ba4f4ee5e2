/**
 * A GPU of NVIDIA's through CUDA's driver: memory, copies, launches of Convoy's own kernels ({@code
 * src/main/cuda}), recorded sequences of launches.
 *
 * <p>{@link org.convoy.kernels.cuda.Device} is all that a backend sees of it. {@link
 * org.convoy.kernels.cuda.DeviceVector} and {@link org.convoy.kernels.cuda.DeviceTable} are memory
 * of it for those who compute beside plans. {@link org.convoy.kernels.cuda.Nvjpeg} decodes JPEGs on
 * it. The libraries are the machine's own. They are opened by name when they are first needed
 * ({@link org.convoy.kernels.cuda.ForeignLibrary}), so the jar carries nothing of CUDA, and runs
 * where there is none.
 */
package org.convoy.kernels.cuda;
