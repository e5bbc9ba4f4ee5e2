/**
 * Networks: an immutable graph of ops with shapes, and the layout of the flat vector that holds the parameters.
 *
 * <p>Models build graphs with {@link org.convoy.graph.Value}, kernels read them, artifacts store them as JSON. A graph only describes: it has no memory, runs no op and does not know backends. Two classes do more. {@link org.convoy.graph.Parameters} allocates a flat vector and
 * fills it with initial weights on all cores, and {@link org.convoy.graph.Fusion} rewrites a graph.
 * The entries of a backend or a converter for each op are in an {@link org.convoy.graph.OpTable}.
 *
 * <p>This package uses no other package of Convoy except {@code random}, and of libraries only ND4J's arrays and Jackson.
 */
package org.convoy.graph;
