namespace MailProxy.Configuration;

/// <summary>A node's whole configuration.</summary>
internal interface INodeConfig
{
    /// <summary>Makes relative file names absolute.</summary>
    void ResolvePaths(string folder);

    /// <summary>Every error, as <c>Section:Key: what to do</c>.</summary>
    IEnumerable<string> Validate();
}
