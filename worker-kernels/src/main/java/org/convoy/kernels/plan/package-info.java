/**
 * What a compiled plan is on any device: steps in order, tensors that live from their first step to
 * their last, one arena that holds them by lifetime, sums of gradients, the blocks that are
 * computed twice instead of kept, and the chains of ops that are computed in one pass.
 *
 * <p>It knows bytes and order. It knows no processor, no number type and no layout: a backend
 * brings its own tensors ({@link org.convoy.kernels.plan.Stored}) and steps ({@link
 * org.convoy.kernels.plan.Use}). Only backends use this package.
 */
package org.convoy.kernels.plan;
