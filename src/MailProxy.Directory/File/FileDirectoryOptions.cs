namespace MailProxy.Directory.File;

/// <summary>Where the users' file is. Section <c>Directory:File</c>.</summary>
public sealed class FileDirectoryOptions
{
    /// <summary>The JSON file; relative to the working directory of the process.</summary>
    public string Path { get; set; } = "";

    /// <summary>
    /// Names without a domain belong to it; one of the file's domains. Empty: to the file's only domain, and if it has several, nobody has
    /// such a name.
    /// </summary>
    public string DefaultDomain { get; set; } = "";

    /// <summary>Everything that is wrong here and in the file.</summary>
    internal IEnumerable<string> Validate(string path)
    {
        if (string.IsNullOrWhiteSpace(Path))
        {
            return [$"{path}:{nameof(Path)}: names no file; the format is described in docs/directory.md"];
        }

        FileContent content = FileContent.Read(Path);
        if (content.Octets is null)
        {
            return [$"{path}:{nameof(Path)}: {content.Problem}"];
        }

        return UserFile.Parse(content.Octets, DefaultDomain).Errors.Select(error => $"{Path}: {error}");
    }
}
