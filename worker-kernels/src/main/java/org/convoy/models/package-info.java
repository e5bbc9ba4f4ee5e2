/**
 * The networks of the literature, one file per family, and their registry {@link
 * org.convoy.models.Models}. A model file holds the paper's table and its block. Tensors have
 * torchvision's names.
 */
package org.convoy.models;
