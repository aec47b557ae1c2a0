namespace MailProxy.Architecture.Tests;

/// <summary>The checkout that these tests were built from, as files.</summary>
internal static class Repository
{
    private static readonly string[] Built = ["bin", "obj", "TestResults"];

    /// <summary>Where MailProxy.sln lies.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All project files below a folder of the root, by path.</summary>
    public static IReadOnlyList<ProjectFile> Projects(string folder) =>
        [.. Files(folder, "*.csproj").Select(file => new ProjectFile(file)).OrderBy(project => project.Name, StringComparer.Ordinal)];

    /// <summary>All hand-written C# below a folder of the root.</summary>
    public static IReadOnlyList<SourceFile> Sources(string folder) =>
        [.. Files(folder, "*.cs").Select(file => new SourceFile(file)).OrderBy(file => file.RelativePath, StringComparer.Ordinal)];

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !Relative(file).Split('/').Any(part => Built.Contains(part)));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MailProxy.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"MailProxy.sln is in no folder above {AppContext.BaseDirectory}: run the tests from a checkout");
    }
}
