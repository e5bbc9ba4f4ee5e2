/**
 * Why a network says what it says: which positions of an image its output depends on.
 *
 * <p>An {@link org.convoy.explanation.Explanation} is a method, a record of its settings. {@link
 * org.convoy.explanation.ModelExplainer} applies one to images with a saved model and draws
 * overlays. Gradients come from plans with frozen weights; a layer's gradient is the input's
 * gradient of the part of the network behind the layer, so every backend gives it.
 *
 * <p>Called by the command line and by other programs. It never changes weights.
 */
package org.convoy.explanation;
