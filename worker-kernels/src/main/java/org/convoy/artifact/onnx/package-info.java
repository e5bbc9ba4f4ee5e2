/**
 * Networks as ONNX models: every {@link org.convoy.graph.Op} as nodes of ONNX's standard operators
 * (opset 17), with the weights as initializers of the same names and shapes.
 *
 * <p>Callers: {@code artifact.formats}, and whoever starts from the weights of an ONNX file. A
 * model is for inference: dropout is left out and norms use their running statistics. The batch is
 * free, the other dimensions are those of the graph. ND4J's classes of ONNX's protocol buffers
 * write and read the files; no runtime is needed.
 */
@NullMarked
package org.convoy.artifact.onnx;

import org.jspecify.annotations.NullMarked;
