namespace MailProxy.Directory.OAuth;

/// <summary>Where an issuer's keys come from: a file, a URL, or what its configuration names.</summary>
internal sealed class KeySource(OAuthOptions options, IssuerClient client)
{
    /// <summary>Fetches them.</summary>
    /// <exception cref="IssuerFaultException">There are none to be had.</exception>
    public async Task<KeySet> LoadAsync(CancellationToken cancellationToken)
    {
        if (options.KeyFile.Length > 0)
        {
            return await ReadFileAsync(cancellationToken);
        }

        var url = options.JwksUrl.Length > 0 ? new Uri(options.JwksUrl) : await DiscoverAsync(options.Discovery!, cancellationToken);
        return Named(url.GetLeftPart(UriPartial.Path), await client.GetAsync(url, cancellationToken));
    }

    private async Task<Uri> DiscoverAsync(Uri discovery, CancellationToken cancellationToken)
    {
        var document = TokenClaims.TryParse(await client.GetAsync(discovery, cancellationToken)) ?? throw new IssuerFaultException($"{discovery}: its answer is no JSON object");

        // OpenID Connect Discovery 4.3: otherwise one issuer could give out keys in another's name.
        if (document.Text("issuer") != options.Issuer)
        {
            throw new IssuerFaultException($"{discovery}: it is the configuration of '{HttpAuth.HeaderText.Printable(document.Text("issuer") ?? "?", 100)}', not of '{options.Issuer}' ({nameof(options.Issuer)})");
        }

        var keys = document.Text("jwks_uri") ?? throw new IssuerFaultException($"{discovery}: it names no jwks_uri");
        return OAuthOptionsValidator.ProblemOfUrl(keys, options.AllowHttp) is { } problem ? throw new IssuerFaultException($"{discovery}: its jwks_uri {problem}") : new Uri(keys);
    }

    private async Task<KeySet> ReadFileAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Named(options.KeyFile, await System.IO.File.ReadAllBytesAsync(options.KeyFile, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IssuerFaultException($"{options.KeyFile}: {exception.Message}");
        }
    }

    private static KeySet Named(string name, byte[] json)
    {
        try
        {
            return KeySet.Parse(json);
        }
        catch (IssuerFaultException exception)
        {
            throw new IssuerFaultException($"{name}: {exception.Message}");
        }
    }
}
