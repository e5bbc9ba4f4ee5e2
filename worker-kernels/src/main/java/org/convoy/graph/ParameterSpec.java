package org.convoy.graph;

/**
 * A tensor that an op owns.
 *
 * @param suffix what follows the node's name and a dot; empty where the node's name alone names the
 *     tensor
 */
public record ParameterSpec(
    String suffix, Shape shape, ParameterKind kind, Initializer initializer) {}
