using System.CommandLine;

namespace MailProxy.Commands;

/// <summary>What every command that reads a configuration takes.</summary>
internal sealed class ConfigArguments
{
    private readonly Option<FileInfo> _file = new("--config", "-c")
    {
        Description = "The node's configuration file (JSON; comments are allowed).",
        Required = true,
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Override one value: Section:Key=value. Repeat as needed. The environment does the same: MAILPROXY__Section__Key.",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Puts the options on a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_file);
        command.Options.Add(_set);
    }

    /// <summary>The file.</summary>
    public string File(ParseResult parsed) => parsed.GetRequiredValue(_file).FullName;

    /// <summary>The overrides as they were given.</summary>
    public IReadOnlyList<string> Overrides(ParseResult parsed) => parsed.GetValue(_set) ?? [];
}
