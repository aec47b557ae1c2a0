using Xunit;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>The tests that share one cluster.</summary>
[CollectionDefinition(nameof(DevClusterCollection))]
public sealed class DevClusterCollection : ICollectionFixture<DevClusterFixture>;
