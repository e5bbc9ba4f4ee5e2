/**
 * What a network is: an immutable graph of ops on shaped symbols, and the flat vector its
 * parameters live in.
 *
 * <p>Everything here is a description. Nothing here computes, allocates native memory or knows a
 * backend; models write graphs with {@link org.convoy.graph.Value}, kernels read them, artifacts
 * store them as JSON.
 */
package org.convoy.graph;
