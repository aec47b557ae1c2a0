using MailProxy.Configuration;

namespace MailProxy.Nodes.Reloading;

/// <summary>Where a node's configuration came from, so that it can be read again.</summary>
/// <param name="File">The file, absolute.</param>
/// <param name="Load">Reads it with the environment and the command line's overrides. Errors: <see cref="InvalidConfigurationException"/>.</param>
internal sealed record ConfigSource<TConfig>(string File, Func<TConfig> Load);
