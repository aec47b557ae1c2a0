using MailProxy.Directory.File;

namespace MailProxy.Directory;

/// <summary>Which directory a proxy asks. Section <c>Directory</c>.</summary>
public sealed class DirectoryOptions
{
    /// <summary>The only provider for now: <c>file</c>.</summary>
    public string Provider { get; set; } = "file";

    /// <summary>For <c>file</c>.</summary>
    public FileDirectoryOptions File { get; set; } = new();

    /// <summary>
    /// Everything that is wrong with these options, one sentence each; with the file provider, everything wrong in the file too.
    /// Reads the file, changes nothing.
    /// </summary>
    /// <param name="path">Where they stand in the configuration: <c>Directory</c>.</param>
    public IEnumerable<string> Validate(string path) =>
        string.Equals(Provider, "file", StringComparison.OrdinalIgnoreCase)
            ? File.Validate($"{path}:{nameof(File)}")
            : [$"{path}:{nameof(Provider)}: '{Provider}' is not a provider; the one there is: file"];
}
