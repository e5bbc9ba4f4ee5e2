/**
 * Draws a learnable image data set: ten classes of shapes as JPEG files in class folders, with the
 * same bytes for the same settings. Callers: the generate command, the quickstart and tests. It
 * writes only below the given folder and needs no network and no other data.
 */
package org.convoy.image.shapes;
