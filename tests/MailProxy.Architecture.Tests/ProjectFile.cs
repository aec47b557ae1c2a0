using System.Xml.Linq;

namespace MailProxy.Architecture.Tests;

/// <summary>One .csproj.</summary>
internal sealed class ProjectFile
{
    public ProjectFile(string file)
    {
        File = file;
        Name = Path.GetFileNameWithoutExtension(file);
        var xml = XDocument.Load(file);
        References = [.. Included(xml, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];
        Packages = [.. Included(xml, "PackageReference")];
    }

    public string File { get; }

    public string Name { get; }

    /// <summary>Names of the projects it refers to.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>Packages it refers to by itself.</summary>
    public IReadOnlyList<string> Packages { get; }

    private static IEnumerable<string> Included(XDocument xml, string element) =>
        xml.Descendants(element).Select(reference => (string?)reference.Attribute("Include")).OfType<string>();
}
