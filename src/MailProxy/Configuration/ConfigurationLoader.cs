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
        if (errors.Count > 0)
        {
            // Values that cannot be bound would only make false errors below.
            throw new InvalidConfigurationException(file, errors);
        }

        var config = new T();
        root.Bind(config);
        config.ResolvePaths(Path.GetDirectoryName(file)!);
        errors.AddRange(config.Validate());
        return errors.Count == 0 ? config : throw new InvalidConfigurationException(file, errors);
    }

    /// <summary>Whether a file configures a proxy or a store, by its sections.</summary>
    public static Type KindOf(string file)
    {
        // The file's own sections decide: the environment may hold settings of another node on the same machine.
        var root = Read(file, [], [], useEnvironment: false);
        return root.GetSection(nameof(StoreConfig.Store)).Exists() ? typeof(StoreConfig) : typeof(ProxyConfig);
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
            throw new InvalidConfigurationException(file, [$"this is not JSON: {exception.InnerException?.InnerException?.Message ?? exception.InnerException?.Message ?? exception.Message}"]);
        }
    }
}
