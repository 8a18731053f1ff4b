package org.cryonext.cryoet.run;

/** What the channels of the network's images are. */
public enum Channels {
    /** A view is an image, grey: its three channels are equal, as in the paper. */
    GREY,
    /** Several views are an image, a channel each, so that there are as many times fewer images. */
    VIEWS
}
