using System.Collections;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Linux.Splice;
using MailProxy.Transport.Splice;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Http.Features;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>The features of every connection without a dictionary; others are rare.</summary>
internal sealed class ConnectionFeatures(LinuxConnection connection) : IFeatureCollection
{
    private FeatureCollection? _others;
    private LinuxSplice? _splice;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public int Revision => _others?.Revision ?? 0;

    private LinuxSplice Splice => _splice ??= new LinuxSplice(connection);

    private FeatureCollection Others => _others ??= [];

    /// <inheritdoc/>
    public object? this[Type key]
    {
        get => _others?[key] ?? (key == typeof(ITlsFeature) ? connection.Tls
            : key == typeof(ISpliceFeature) ? Splice
            : key == typeof(IHomeThreadFeature) || key == typeof(IPrefaceFeature) ? connection
            : null);
        set => Others[key] = value;
    }

    /// <inheritdoc/>
    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    /// <inheritdoc/>
    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() =>
        new Dictionary<Type, object>(_others ?? []) { [typeof(ITlsFeature)] = connection.Tls, [typeof(ISpliceFeature)] = Splice, [typeof(IHomeThreadFeature)] = connection, [typeof(IPrefaceFeature)] = connection }.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
