using MailProxy.Directory.File;
using MailProxy.Directory.Static;

namespace MailProxy.Directory;

/// <summary>Which directory a proxy asks. Section <c>Directory</c>.</summary>
public sealed class DirectoryOptions
{
    /// <summary><c>file</c>, or <c>static</c> for laboratories and benchmarks.</summary>
    public string Provider { get; set; } = "file";

    /// <summary>For <c>file</c>.</summary>
    public FileDirectoryOptions File { get; set; } = new();

    /// <summary>For <c>static</c>.</summary>
    public StaticDirectoryOptions Static { get; set; } = new();

    /// <summary>
    /// Everything that is wrong with these options, one sentence each; with the file provider, everything wrong in the file too.
    /// Reads the file, changes nothing.
    /// </summary>
    /// <param name="path">Where they stand in the configuration: <c>Directory</c>.</param>
    public IEnumerable<string> Validate(string path) => Provider.ToUpperInvariant() switch
    {
        "FILE" => File.Validate($"{path}:{nameof(File)}"),
        "STATIC" => Static.Validate($"{path}:{nameof(Static)}"),
        _ => [$"{path}:{nameof(Provider)}: '{Provider}' is not a provider; there are: file, static"],
    };
}
