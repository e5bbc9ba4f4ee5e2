/**
 * The registry of the formats in which a saved model can be written for other programs.
 *
 * <p>Callers: the command line and the recipe, by name, and whoever saves a model. The formats
 * themselves live in {@code artifact} and its other rooms.
 */
@NullMarked
package org.convoy.artifact.formats;

import org.jspecify.annotations.NullMarked;
