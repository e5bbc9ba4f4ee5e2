/**
 * Draws a learnable image data set out of nothing: ten classes of shapes as JPEG files in class
 * folders, the same bytes for the same settings. The generate command, quick starts and tests call
 * in here; it writes only below the folder it is given, and needs no network and no other data.
 */
package org.convoy.image.shapes;
