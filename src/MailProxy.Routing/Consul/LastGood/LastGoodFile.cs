using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MailProxy.Routing.Disk;

namespace MailProxy.Routing.Consul.LastGood;

/// <summary>One file with the last good view.</summary>
/// <param name="path">Where it is.</param>
internal sealed class LastGoodFile(string path)
{
    // 50,000 pins are 4 MB; a file this large is something else.
    private const long LengthLimit = 256 * 1024 * 1024;

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Reads it. False with a phrase for the operator when there is nothing to be used; the phrase is null when there is no file.</summary>
    public bool TryRead([NotNullWhen(true)] out SavedRouting? saved, out string? problem)
    {
        (saved, problem) = (null, null);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > LengthLimit)
            {
                problem = $"it is {file.Length} octets long";
                return false;
            }

            saved = JsonSerializer.Deserialize(file, ConsulJson.Default.SavedRouting);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            problem = exception.Message;
            return false;
        }

        if (saved is not { Layout: SavedRouting.CurrentLayout })
        {
            problem = saved is null ? "it is empty" : $"its layout is {saved.Layout}, and this program reads {SavedRouting.CurrentLayout}";
            saved = null;
        }

        return saved is not null;
    }

    /// <summary>Replaces it.</summary>
    /// <exception cref="IOException">It could not be written; the old one stands.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Write(SavedRouting saved) => ReplacedFile.Write(path, file => JsonSerializer.Serialize(file, saved, ConsulJson.Default.SavedRouting));
}
