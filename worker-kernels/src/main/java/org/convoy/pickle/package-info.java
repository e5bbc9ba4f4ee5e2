/**
 * Reads Python's pickles as data. A pickle is a program for a stack machine; the machine here knows
 * the opcodes that build numbers, strings, lists and dictionaries, refuses all others, and calls
 * nothing. What stands for a call of a function of Python, and which functions may be named at all,
 * is the caller's word ({@link org.convoy.pickle.PickleFunctions}).
 *
 * <p>Callers: readers of PyTorch's files and of CIFAR as it is distributed. A file may come from
 * anybody: a size in it is compared with what is there before memory is allocated for it.
 */
@NullMarked
package org.convoy.pickle;

import org.jspecify.annotations.NullMarked;
