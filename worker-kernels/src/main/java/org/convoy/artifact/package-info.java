/**
 * The saved model and its formats: a folder of a graph, its weights, labels, preprocessing and a
 * manifest of digests; the safetensors format; and what both need of a storage system, as a small
 * interface with a java.nio implementation.
 *
 * <p>Callers: whoever saves, loads, exports or checkpoints. What is written appears whole or not at
 * all (written beside, then renamed), its bytes follow from its content alone, and whatever is read
 * is held against its digest, and believed no further than that: others may have made it. Nothing
 * here trains, computes or knows Hadoop; other storage systems are implemented where they are
 * known.
 */
package org.convoy.artifact;
