package org.convoy.graph;

/**
 * A tensor that an op owns.
 *
 * @param suffix the part after the node's name and a dot; empty if the tensor has the node's name
 */
public record ParameterSpec(
    String suffix, Shape shape, ParameterKind kind, Initializer initializer) {}
