using System.Text.RegularExpressions;
using Xunit;

namespace MailProxy.Architecture.Tests;

/// <summary>What the documentation names is there.</summary>
public sealed partial class DocumentationTests
{
    private static readonly IReadOnlyList<string> Pages =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md"),
        .. new[] { "docs", "deploy" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)),
    ];

    [Fact]
    public void Every_link_between_pages_leads_to_a_file()
    {
        IEnumerable<string> dead =
            from page in Pages
            from Match link in Link().Matches(File.ReadAllText(page))
            let target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups["target"].Value)
            where !Path.Exists(target)
            select $"{Repository.Relative(page)}: {link.Groups["target"].Value}";

        Assert.True(Pages.Count > 10);
        Offences.None(dead);
    }

    [Fact]
    public void Every_test_that_the_security_page_names_is_there()
    {
        string tests = string.Concat(Repository.Sources("tests").Select(file => file.Text));
        string[] named = [.. TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/security.md"))).Select(match => match.Groups["name"].Value)];

        Assert.True(named.Length > 50);
        Offences.None(named.Where(name => !tests.Contains($" {name}(", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"\]\((?<target>[^)#:]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex("`(?<name>[A-Z][a-z0-9]*_[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}
