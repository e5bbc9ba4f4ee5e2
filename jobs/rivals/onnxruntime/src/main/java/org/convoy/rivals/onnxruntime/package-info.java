/** Convoy's networks on ONNX Runtime. Sees of Convoy graphs, exports and the contest. */
@NullMarked
package org.convoy.rivals.onnxruntime;

import org.jspecify.annotations.NullMarked;
