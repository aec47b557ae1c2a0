using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace MailProxy.Configuration;

/// <summary>Reads a configuration: the file, then <c>MAILPROXY__Section__Key</c> from the environment, then <c>--set Section:Key=value</c>. All errors at once.</summary>
internal static class ConfigurationLoader
{
    /// <summary>Environment variables that concern us begin so.</summary>
    public const string EnvironmentPrefix = "MAILPROXY__";

    /// <summary>Loads and validates. Relative paths in the file are relative to the file.</summary>
    public static T Load<T>(string file, IReadOnlyList<string> overrides)
        where T : class, INodeConfig, new()
    {
        var errors = new List<string>();
        var root = Read(file, overrides, errors);
        ConfigurationChecker.Check(root, typeof(T), errors);
        var unreadable = errors.Select(PathOf).ToList();
        var config = new T();
        Without(root, unreadable).Bind(config);
        config.ResolvePaths(Path.GetDirectoryName(file)!);

        // What could not be read has had its error; its default in the config must not make another.
        errors.AddRange(config.Validate().Where(error => !unreadable.Exists(path => IsBelow(PathOf(error), path))));
        return errors.Count == 0 ? config : throw new InvalidConfigurationException(file, errors);
    }

    /// <summary>Whether a file configures a proxy or a store, by its sections.</summary>
    public static Type KindOf(string file)
    {
        // The file's own sections decide: the environment may hold settings of another node on the same machine.
        var root = Read(file, [], [], useEnvironment: false);
        return root.GetSection(nameof(StoreConfig.Store)).Exists() ? typeof(StoreConfig) : typeof(ProxyConfig);
    }

    private static string PathOf(string error) => error.Split(": ", 2)[0];

    private static bool IsBelow(string key, string path) =>
        key.Equals(path, StringComparison.OrdinalIgnoreCase) || key.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase);

    private static IConfigurationRoot Without(IConfigurationRoot root, List<string> unreadable) => unreadable.Count == 0
        ? root
        : new ConfigurationBuilder().AddInMemoryCollection(root.AsEnumerable().Where(entry => !unreadable.Exists(path => IsBelow(entry.Key, path)))).Build();

    // System.Text.Json counts lines and columns from zero, editors from one.
    private static string Explain(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is JsonException { LineNumber: { } line, BytePositionInLine: { } column })
            {
                return $"line {line + 1}, column {column + 1}: {cause.Message.Split(" LineNumber:")[0]}";
            }
        }

        return exception.Message;
    }

    private static IConfigurationRoot Read(string file, IReadOnlyList<string> overrides, List<string> errors, bool useEnvironment = true)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in overrides)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                errors.Add($"--set {text}: write it as Section:Key=value.");
                continue;
            }

            values[text[..equals]] = text[(equals + 1)..];
        }

        if (!File.Exists(file))
        {
            throw new InvalidConfigurationException(file, ["there is no such file. config/ in the distribution has examples to start from."]);
        }

        try
        {
            var builder = new ConfigurationBuilder().AddJsonFile(file, optional: false);
            var root = (useEnvironment ? builder.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(values) : builder).Build();
            EnvironmentReferences.Expand(root, errors);
            return root;
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidConfigurationException(file, [$"this is not JSON: {Explain(exception)}"]);
        }
    }
}
