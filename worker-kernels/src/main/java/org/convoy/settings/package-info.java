/**
 * What value records of settings share: their rules, told all at once, and the names that a recipe
 * gives them.
 *
 * <p>A record of settings is its own description: its simple name in kebab-case is its name in a
 * recipe, its components are its keys, its compact constructor holds its rules through {@link
 * org.convoy.settings.Checks}. Where a recipe has a choice, a sealed interface permits the records
 * to choose from ({@link org.convoy.settings.Variants}).
 *
 * <p>Rooms whose records a recipe holds call in here, and the driver's {@code config}, which makes
 * such records of a recipe. This room knows no file and no format.
 */
@NullMarked
package org.convoy.settings;

import org.jspecify.annotations.NullMarked;
