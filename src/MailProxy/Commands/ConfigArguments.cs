using System.CommandLine;
using MailProxy.Configuration;
using MailProxy.Nodes.Reloading;

namespace MailProxy.Commands;

/// <summary>What every command that reads a configuration takes.</summary>
internal sealed class ConfigArguments
{
    // What dev leaves beside its keys: in the folder of a running dev an operator need say nothing.
    private static readonly string DevConfig = Path.Combine("mailproxy-dev", "proxy.json");

    private readonly Option<FileInfo?> _file;

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Override one value: Section:Key=value. Repeat as needed. The environment does the same: MAILPROXY__Section__Key.",
        AllowMultipleArgumentsPerToken = false,
    };

    private ConfigArguments(Option<FileInfo?> file) => _file = file;

    /// <summary>Of a command about a node: its file must be named.</summary>
    public static ConfigArguments OfNode() =>
        new(new("--config", "-c") { Description = "The node's configuration file (JSON; comments are allowed).", Required = true });

    /// <summary>Of a command that asks what a proxy asks.</summary>
    public static ConfigArguments OfOperator() =>
        new(new("--config", "-c") { Description = $"A proxy's configuration file: its directory, Consul and stores are asked. Default: {DevConfig}, which a running dev leaves." });

    /// <summary>Puts the options on a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_file);
        command.Options.Add(_set);
    }

    /// <summary>The file.</summary>
    public string File(ParseResult parsed) => parsed.GetValue(_file)?.FullName ?? Path.GetFullPath(DevConfig);

    /// <summary>What a node reads at its start, and again when it changes.</summary>
    public ConfigSource<TConfig> Source<TConfig>(ParseResult parsed)
        where TConfig : class, INodeConfig, new() => new(File(parsed), () => ConfigurationLoader.Load<TConfig>(File(parsed), Overrides(parsed)));

    /// <summary>The overrides as they were given.</summary>
    public IReadOnlyList<string> Overrides(ParseResult parsed) => parsed.GetValue(_set) ?? [];
}
