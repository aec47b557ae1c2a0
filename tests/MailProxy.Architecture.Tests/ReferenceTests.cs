using Xunit;

namespace MailProxy.Architecture.Tests;

/// <summary>References point one way only (docs/decisions/0001).</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> AllowedReferences = new()
    {
        ["MailProxy.Protocols"] = [],
        ["MailProxy.Transport"] = [],
        ["MailProxy.Directory"] = [],
        ["MailProxy.Routing"] = [],
        ["MailProxy.Proxy"] = ["MailProxy.Protocols", "MailProxy.Transport", "MailProxy.Directory", "MailProxy.Routing"],
        ["MailProxy.Http"] = ["MailProxy.Directory", "MailProxy.Routing"],
        ["MailProxy.Store"] = ["MailProxy.Protocols", "MailProxy.Transport"],
        ["MailProxy"] =
        [
            "MailProxy.Protocols", "MailProxy.Transport", "MailProxy.Directory", "MailProxy.Routing", "MailProxy.Proxy", "MailProxy.Http",
            "MailProxy.Store",
        ],
    };

    // A package that is new here has a page in docs/decisions.
    private static readonly Dictionary<string, string[]> AllowedPackages = new()
    {
        ["MailProxy.Directory"] =
            ["System.DirectoryServices.Protocols", "Npgsql", "Microsoft.Data.Sqlite", "BitFaster.Caching", "Konscious.Security.Cryptography.Argon2",
                "StackExchange.Redis", "Microsoft.IdentityModel.JsonWebTokens"],
        ["MailProxy.Http"] = ["Yarp.ReverseProxy"],
        ["MailProxy.Store"] = ["RocksDB", "MimeKit", "Microsoft.IdentityModel.JsonWebTokens"],
        ["MailProxy"] = ["Serilog.AspNetCore", "System.CommandLine", "Microsoft.IdentityModel.JsonWebTokens"],
    };

    [Fact]
    public void Every_project_of_src_has_its_place_in_the_layers() =>
        Assert.Equal(AllowedReferences.Keys.Order(StringComparer.Ordinal), Repository.Projects("src").Select(project => project.Name));

    [Fact]
    public void References_point_one_way_only()
    {
        IEnumerable<string> wrong =
            from project in Repository.Projects("src")
            from reference in project.References
            where !AllowedReferences.GetValueOrDefault(project.Name, []).Contains(reference)
            select $"{project.Name} -> {reference}";

        Offences.None(wrong);
    }

    [Fact]
    public void Each_package_is_known_to_one_layer_only()
    {
        IEnumerable<string> wrong =
            from project in Repository.Projects("src")
            from package in project.Packages
            where !AllowedPackages.GetValueOrDefault(project.Name, []).Contains(package)
            select $"{project.Name} uses {package}";

        Offences.None(wrong);
    }

    [Fact]
    public void Only_its_folder_and_the_composition_root_know_consul()
    {
        IEnumerable<string> wrong = Repository.Sources("src")
            .Where(file => file.RelativePath.StartsWith("src/MailProxy.Proxy/", StringComparison.Ordinal)
                || file.RelativePath.StartsWith("src/MailProxy.Http/", StringComparison.Ordinal)
                || file.RelativePath.StartsWith("src/MailProxy.Store/", StringComparison.Ordinal))
            .Where(file => file.Text.Contains("MailProxy.Routing.Consul", StringComparison.Ordinal))
            .Select(file => file.RelativePath);

        Offences.None(wrong);
    }

    [Fact]
    public void One_folder_knows_redis() =>
        Offences.None(Repository.Sources("src")
            .Where(file => !file.RelativePath.StartsWith("src/MailProxy.Directory/Shared/", StringComparison.Ordinal))
            .Where(file => file.Text.Contains("StackExchange.Redis", StringComparison.Ordinal))
            .Select(file => file.RelativePath));

    [Theory]
    [InlineData("new Socket(")]
    [InlineData("NetworkStream")]
    [InlineData("TcpClient")]
    [InlineData("TcpListener")]
    [InlineData("Dns.")]
    [InlineData("Microsoft.Extensions.")]
    [InlineData("Microsoft.AspNetCore.")]
    [InlineData("TimeProvider")]
    [InlineData("DateTime.UtcNow")]
    [InlineData("DateTimeOffset.UtcNow")]
    [InlineData("Stopwatch")]
    public void The_grammar_knows_no_sockets_no_clock_no_logging(string word) =>
        Offences.None(Repository.Sources("src/MailProxy.Protocols").Where(file => file.Text.Contains(word, StringComparison.Ordinal)).Select(file => file.RelativePath));

    [Fact]
    public void Every_project_is_in_the_solution_and_has_a_lock_file()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "MailProxy.sln")).Replace('\\', '/');
        ProjectFile[] projects = [.. Repository.Projects("src"), .. Repository.Projects("tests")];

        Assert.NotEmpty(projects);
        Offences.None(projects.Where(project => !solution.Contains($"\"{Repository.Relative(project.File)}\"", StringComparison.Ordinal)).Select(project => project.Name));
        Offences.None(projects.Where(project => !File.Exists(Path.Combine(Path.GetDirectoryName(project.File)!, "packages.lock.json"))).Select(project => project.Name));
    }

    [Fact]
    public void Every_package_is_used_and_has_its_page_in_the_decisions()
    {
        string central = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props"));
        string[] used = [.. Repository.Projects("src").Concat(Repository.Projects("tests")).SelectMany(project => project.Packages).Distinct()];
        string decisions = string.Concat(
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs/decisions"), "*.md").Select(File.ReadAllText));

        Offences.None(used.Where(package => !central.Contains($"Include=\"{package}\"", StringComparison.Ordinal)));
        Offences.None(used.Where(package => !decisions.Contains(package, StringComparison.Ordinal)));
    }
}
