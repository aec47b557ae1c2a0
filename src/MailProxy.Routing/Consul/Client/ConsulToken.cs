namespace MailProxy.Routing.Consul.Client;

/// <summary>The ACL token: given, or read from a file once and again after a refusal (tokens are rotated). Never printed.</summary>
internal sealed class ConsulToken(ConsulOptions options)
{
    // A token is a UUID or a JWT; what is larger is the wrong file.
    private const int MaxTokenBytes = 16 * 1024;

    private volatile string? known = options.TokenFile.Length == 0 ? options.Token : null;

    /// <summary>The token; null when there is none.</summary>
    public string? Read()
    {
        var token = known ??= ReadFile();
        return token.Length == 0 ? null : token;
    }

    /// <summary>After a 403: read the file again at the next request.</summary>
    public void Forget()
    {
        if (options.TokenFile.Length != 0)
        {
            known = null;
        }
    }

    private string ReadFile()
    {
        try
        {
            if (new FileInfo(options.TokenFile).Length > MaxTokenBytes)
            {
                throw new ConsulException(
                    ConsulFault.Denied, $"the token file {options.TokenFile} is larger than {MaxTokenBytes} octets: is it the right file?");
            }

            return File.ReadAllText(options.TokenFile).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConsulException(ConsulFault.Denied, $"the token file {options.TokenFile} cannot be read: {e.Message}", 0, e);
        }
    }
}
