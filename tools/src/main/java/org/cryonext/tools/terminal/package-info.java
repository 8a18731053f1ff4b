/** What a person sees on standard error. */
package org.cryonext.tools.terminal;
