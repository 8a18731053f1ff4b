/** The subcommands of the command line: each reads its arguments and calls one function of the pipeline. */
package org.cryonext.tools.command;
