package org.cryonext.cryoet.particle;

import org.cryonext.cryoet.volume.Volume;
import org.cryonext.cryoet.volume.VoxelSize;
import org.cryonext.engine.io.InputException;

/**
 * What RELION 5's centred coordinates are measured against: voxel = (centred / pixelSize + size / 2) / binning. This is
 * the convention of RELION's extraction (its C++ code); its Python picker subtracts size / 2 - 1 instead
 * (3dem/relion, pull request 1353), which shifts particles by one unbinned pixel.
 *
 * @param sizeX unbinned pixels of the tomogram along x (rlnTomoSizeX)
 * @param sizeY along y
 * @param sizeZ along z
 * @param pixelSize edge of an unbinned pixel in Angstrom (rlnTomoTiltSeriesPixelSize)
 * @param binning edge of a voxel of the tomogram file over that of an unbinned pixel
 */
public record Centring(double sizeX, double sizeY, double sizeZ, double pixelSize, double binning) {
    /**
     * Measures against the tomogram itself: exact unless its size was rounded when it was binned.
     *
     * @param voxelSize in Angstrom; 0 takes the header's, unless that is 1, which programs write that do not know it
     * @throws InputException where neither is known
     */
    public static Centring of(Volume tomogram, double voxelSize) {
        double size = VoxelSize.known(tomogram.voxelSize(), voxelSize);
        if (size == 0) {
            throw new InputException(tomogram.name() + ": the voxel size is not known"
                    + (tomogram.voxelSize() > 0
                            ? " (the header says 1 Angstrom, as programs write that do not know it)"
                            : "")
                    + ", and centred coordinates (rlnCenteredCoordinateXAngst) need it; give --voxel-size in Angstrom");
        }
        return new Centring(tomogram.nx(), tomogram.ny(), tomogram.nz(), size, 1);
    }

    double x(double centred) {
        return (centred / pixelSize + sizeX / 2) / binning;
    }

    double y(double centred) {
        return (centred / pixelSize + sizeY / 2) / binning;
    }

    double z(double centred) {
        return (centred / pixelSize + sizeZ / 2) / binning;
    }
}
