import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.omegat.core.Core;
import org.omegat.core.data.NotLoadedProject;
import org.omegat.core.data.ProjectProperties;
import org.omegat.gui.glossary.GlossaryEntry;
import org.omegat.gui.glossary.GlossaryReaderTBX;
import org.omegat.gui.glossary.GlossaryReaderTSV;
import org.omegat.util.Language;

/** Prints what OmegaT's own readers find in a glossary: source, target, comment. */
public class ReadGlossary {
    public static void main(String[] arguments) throws Exception {
        File file = new File(arguments[0]);
        ProjectProperties properties = new ProjectProperties(file.getParentFile());
        properties.setSourceLanguage(new Language("ru-RU"));
        properties.setTargetLanguage(new Language("en-US"));
        Core.setProject(new NotLoadedProject() {
            @Override
            public ProjectProperties getProjectProperties() {
                return properties;
            }
        });
        List<GlossaryEntry> entries = file.getName().endsWith(".tbx")
            ? GlossaryReaderTBX.read(file, false)
            : GlossaryReaderTSV.read(file, false);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (GlossaryEntry entry : entries) {
            String comment = entry.getCommentText().replace("\n", " / ");
            out.println(entry.getSrcText() + "\t" + entry.getLocText() + "\t" + comment);
        }
    }
}
