/** Scores of a classifier: confusion matrix, accuracy, precision, recall, F1 and their bootstrap intervals. */
package org.cryonext.cryoet.evaluate;
