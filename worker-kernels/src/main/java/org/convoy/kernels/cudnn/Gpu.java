package org.convoy.kernels.cudnn;

import org.convoy.kernels.cuda.Device;

/**
 * What a plan computes on.
 *
 * @param library the version of what finds engines
 */
record Gpu(Device device, Engines engines, String library) {}
