/**
 * Weights that other programs trained: files of named tensors (safetensors, PyTorch, Keras, ONNX,
 * DL4J), and how their tensors become those of a network. What other programs call the tensors
 * stands in tables, one file for each family of networks, among the resources of this package.
 *
 * <p>Callers: code that starts a training from weights, or exports them. A file may come from
 * anybody. Nothing in it is executed, and a size in it is compared with the length of the file
 * before memory is allocated for it. Nothing here trains, computes or knows Hadoop.
 */
@NullMarked
package org.convoy.artifact.weights;

import org.jspecify.annotations.NullMarked;
