/** The group that loads the warehouse, and the only one that writes dead letters. */
export const WAREHOUSE_GROUP = 'zoner-warehouse';

/** The group that folds records into what is known of people. */
export const RECOMMENDATIONS_GROUP = 'zoner-recommendations';
