package org.cryonext.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.cpu.CpuCeilings;
import org.cryonext.engine.backend.cpu.CpuSpecies;
import org.cryonext.engine.io.AtomicFile;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes measurements as JSON: {@code {machine, rows}}. */
public final class BenchJson {
    private BenchJson() {}

    /**
     * Writes rows and the machine they were measured on.
     *
     * @param ceilings the machine's, as they were measured before and after the rows
     * @param rows records
     */
    public static void write(Path file, List<CpuCeilings> ceilings, List<?> rows) {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        machine.put("java", System.getProperty("java.runtime.version"));
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("cpu", Machine.processor());
        machine.put("vector_bits", CpuSpecies.bits());
        machine.put("ceilings", ceilings);
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("machine", machine);
        content.put("rows", rows);
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        AtomicFile.write(file, temporary -> Files.write(temporary, mapper.writeValueAsBytes(content)));
    }
}
