namespace MailProxy.Dev;

/// <summary>What <c>mailproxy dev</c> was asked for.</summary>
/// <param name="PortBase">Added to every standard port.</param>
/// <param name="Data">Folder that stays between runs.</param>
/// <param name="Stores">How many stores.</param>
/// <param name="LogLevel">Lower case.</param>
internal sealed record DevSettings(int PortBase, string Data, int Stores, string LogLevel)
{
    /// <summary>The dev cluster's port for a standard one.</summary>
    public int Port(int standard) => PortBase + standard;

    /// <summary>The port of a store's service; stores are numbered from 1.</summary>
    public int StorePort(int store, int service) => PortBase + 9000 + (store * 100) + service;
}
