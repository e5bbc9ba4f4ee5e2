/**
 * The saved model and its formats: a folder with a graph, its weights, labels, preprocessing and a
 * manifest of digests; the safetensors format; and the storage operations that both need, as a
 * small interface with a java.nio implementation.
 *
 * <p>Callers: code that saves, loads, exports or writes checkpoints. A write is atomic (temporary
 * name, then rename; a manifest written last on stores that cannot rename), and equal content gives
 * equal bytes. Every file that is read is compared with its digest and checked further, because it
 * may come from anybody. Nothing here trains, computes or knows Hadoop. The driver implements other
 * storage systems.
 */
package org.convoy.artifact;
