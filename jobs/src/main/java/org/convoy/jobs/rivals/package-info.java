/**
 * The same step on several frameworks, interleaved: each contender computes in a process of its
 * own, and takes its orders in lines over standard input.
 *
 * <p>{@link org.convoy.jobs.rivals.Contest} is the side that orders, {@link
 * org.convoy.jobs.rivals.ContenderLoop} the side that obeys. Contenders of other frameworks live in
 * Maven modules of their own, see only the protocol, {@code graph} and what is here to fill
 * tensors, and are no part of the product.
 */
@NullMarked
package org.convoy.jobs.rivals;

import org.jspecify.annotations.NullMarked;
