/**
 * The networks of the literature, one file a paper family, and {@link org.convoy.models.Models},
 * the registry. A model file holds the paper's table and its block; tensors are named as
 * torchvision names them.
 */
package org.convoy.models;
