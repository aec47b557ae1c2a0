using System.Text.RegularExpressions;

namespace MailProxy.Architecture.Tests;

/// <summary>One C# file.</summary>
internal sealed partial class SourceFile(string file)
{
    /// <summary>From the root, with slashes.</summary>
    public string RelativePath { get; } = Repository.Relative(file);

    public string Text { get; } = File.ReadAllText(file);

    public IEnumerable<string> Lines => Text.Split('\n');

    /// <summary>Without the extension: <c>Foo</c> for Foo.cs and for Foo.Part.cs.</summary>
    public string Stem => Path.GetFileName(RelativePath).Split('.')[0];

    /// <summary>Names of the types that stand at the left margin; <c>file</c> types belong to their neighbour and do not count.</summary>
    public IReadOnlyList<string> TopLevelTypes => [.. TopLevelType().Matches(Text).Select(match => match.Groups["name"].Value).Distinct()];

    /// <summary>Some type at the left margin has a body.</summary>
    public bool HasBodies => Text.Contains("\n{", StringComparison.Ordinal);

    /// <summary>The file's own namespace, or null (Program.cs).</summary>
    public string? Namespace => FileNamespace().Match(Text) is { Success: true } match ? match.Groups["name"].Value : null;

    /// <summary>Where the pattern is found: <c>path:line</c>.</summary>
    public IEnumerable<string> Find(Regex pattern) =>
        pattern.Matches(Text).Select(match => $"{RelativePath}:{Text.AsSpan(0, match.Index).Count('\n') + 1}");

    [GeneratedRegex(@"^(?:(?:public|internal|sealed|static|abstract|partial|readonly|ref|unsafe)\s+)*(?:class|record\s+struct|record\s+class|record|struct|interface|enum|delegate\s+[\w<>?\[\]., ]+?)\s+(?<name>\w+)\s*[<({:;\r\n]", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex FileNamespace();
}
