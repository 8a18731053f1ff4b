package org.cryonext.cryoet.run;

/** What the three channels of the network's images are. */
public enum Channels {
    /** A view is an image, grey: its three channels are equal, as in the paper. */
    GREY,
    /** Three views are an image, a channel each, so that there is a third of the images. */
    VIEWS
}
