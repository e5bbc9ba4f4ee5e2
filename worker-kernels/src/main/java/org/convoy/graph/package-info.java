/**
 * What a network is: an immutable graph of ops on shaped symbols, and the layout of the flat vector
 * that its parameters live in.
 *
 * <p>Models write graphs with {@link org.convoy.graph.Value}, kernels read them, artifacts store
 * them as JSON. A graph is a description: it holds no memory, runs no op and knows no backend. Two
 * classes do more than describe. {@link org.convoy.graph.Parameters} allocates a flat vector and
 * fills it with initial weights on all cores, and {@link org.convoy.graph.Fusion} rewrites a graph.
 * What a backend or a converter has for each op stands in an {@link org.convoy.graph.OpTable}.
 *
 * <p>Of Convoy this room sees nothing else; of libraries, ND4J's arrays and Jackson.
 */
package org.convoy.graph;
