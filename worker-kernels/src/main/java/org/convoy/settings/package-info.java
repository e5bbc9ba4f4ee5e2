/**
 * Shared parts of settings records: their rules, all reported at once, and their names in a recipe.
 *
 * <p>A record of settings is its own description: its simple name in kebab-case is its name in a
 * recipe, its components are its keys, its compact constructor holds its rules through {@link
 * org.convoy.settings.Checks}. Where a recipe has a choice, a sealed interface permits its records
 * ({@link org.convoy.settings.Variants}).
 *
 * <p>Callers: the packages whose records are part of a recipe, and the driver's {@code config},
 * which makes these records from a recipe. This package knows no file and no format.
 */
@NullMarked
package org.convoy.settings;

import org.jspecify.annotations.NullMarked;
